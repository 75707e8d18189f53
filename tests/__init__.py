"""Tests of the kit; the packages below mirror the packages they test."""

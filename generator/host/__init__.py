"""What this machine is: GPUs, Docker, NGINX, the model's weights, networks, ports, packages.

The only part of the kit that asks the host questions before anything runs. Everything comes back as the plain
values of `generator.facts`; nothing here decides.
"""

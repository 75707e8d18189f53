"""The rendered tree, judged by the programs that will read it: Compose, NGINX, Prometheus."""

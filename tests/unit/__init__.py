"""Pure code of benchmarks/, without network, SSH or Ansible."""

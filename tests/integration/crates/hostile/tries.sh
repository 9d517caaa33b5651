#!/bin/sh
# Prints a line for each try: "tried WHAT: yes" if it could be done, else "tried WHAT: no".
try() {
  what=$1
  shift
  if "$@" >/dev/null 2>&1 </dev/null; then echo "tried $what: yes"; else echo "tried $what: no"; fi
}

# Any answer counts, also a refusal.
for address in 169.254.169.254 '[fd00:ec2::254]' '[::ffff:169.254.169.254]'; do
  try "IMDSv1 at $address" curl --globoff --max-time 5 "http://$address/latest/meta-data/"
  try "IMDSv2 at $address" curl --globoff --max-time 5 --request PUT \
    --header "X-aws-ec2-metadata-token-ttl-seconds: 60" "http://$address/latest/api/token"
  try "IMDSv1 at $address as root of a namespace" unshare --user --map-root-user \
    curl --globoff --max-time 5 "http://$address/latest/meta-data/"
done
try "IMDS by Multipath TCP" /usr/bin/python3 -c '
import socket
socket.socket(socket.AF_INET, socket.SOCK_STREAM, 262).connect(("169.254.169.254", 80))'
try "the firewall" nft delete table inet benchmarks

try "sudo" sudo -n true
try "systemd-run" systemd-run --wait true
try "systemd-run of its own manager" systemd-run --user --wait true
try "another user's process" kill -0 1

login=/home/$HOSTILE_LOGIN
try "reading the login's keys" cat "$login/.ssh/authorized_keys"
try "writing the login's keys" sh -c "echo >>'$login/.ssh/authorized_keys'"
try "a file in the login's home" touch "$login/hostile"
try "replacing the login's profile" ln -sf /etc/shadow "$login/.profile"

for run in /var/lib/benchmarks/runs/*/*; do
  try "a file in the run's directory" touch "$run/hostile"
  try "removing the log" rm -f "$run/benchmark.log"
  try "replacing the log" ln -sf /etc/shadow "$run/benchmark.log"
  try "replacing the archive" ln -sf /etc/shadow "$run/criterion.tar.gz"
  try "replacing Criterion's directory" mv "$run/criterion" "$run/gone"
  try "writing a result of the unit" sh -c "echo success exited 0 >'$run/run.status'"
done
try "an archive of a source" touch /var/lib/benchmarks/archives/hostile

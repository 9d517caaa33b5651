#!/bin/sh
# The first tool's command line, for old scripts: its flags and usage text. Everything else is ./inv bench.
set -eu

# The directory of this file, with symbolic links resolved.
file=$0
while [ -h "$file" ]; do
    to=$(readlink -- "$file")
    case $to in
    /*) file=$to ;;
    *) file=$(dirname -- "$file")/$to ;;
    esac
done
root=$(cd -- "$(dirname -- "$file")" && pwd -P)

usage=
[ $# -gt 0 ] || usage=yes
for word in "$@"; do
    case $word in
    -h | --help) usage=yes ;;
    esac
done
if [ -n "$usage" ]; then
    cat <<USAGE
Usage: $0 --instance-type "c7i.2xlarge" [ --cpu 4 --memory 16384 ]

Args:
-c, --cpu            : The number of cores. Without a type, lists the types that have as many.
-i, --instance-type  : The name of the instance type. Without it, cpu and memory, t2.micro.
-m, --memory         : The memory in MiB. Without a type, lists the types that have as much.
-f, --tail           : Show the log live.
-h, --help           : Show usage.

All parameters of bench are taken too:

USAGE
fi
exec "$root/inv" bench "$@"

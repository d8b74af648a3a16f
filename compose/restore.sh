# Puts what a backup holds in the place of what the volumes hold: restore.sh ARCHIVE VOLUMES.
# The archive is unpacked beside the data first, so that a broken one changes nothing.
set -eu
archive=$1
volumes=$2
names='prometheus loki grafana'
for name in $names; do
    rm -rf "$volumes/$name/.restoring"
    mkdir "$volumes/$name/.restoring"
    tar -xzf "$archive" -C "$volumes/$name/.restoring" "$name"
done
for name in $names; do
    folder=$volumes/$name
    find "$folder" -mindepth 1 -maxdepth 1 ! -name .restoring -exec rm -rf {} +
    find "$folder/.restoring/$name" -mindepth 1 -maxdepth 1 -exec mv {} "$folder/" \;
    rm -rf "$folder/.restoring"
done

// Package systemd holds what runs Bản Số on a Linux machine with systemd: the
// unit files, the settings they start with, and install.sh, which puts them in
// place and asks nothing that it can find out. The package has no code; its
// tests have systemd's own checker look at the units, run the installer into a
// folder, and start the server with exactly the arguments of the unit.
package systemd

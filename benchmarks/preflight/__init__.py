"""Plans and checks a run before anything is started."""

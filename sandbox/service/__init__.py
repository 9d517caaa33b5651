"""The sandbox as a process: started, found again and ended."""

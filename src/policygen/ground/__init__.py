"""What every other module stands on: problems with their places, the rules, small grammar."""

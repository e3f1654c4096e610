"""The table of rate limits that processes of one machine share."""

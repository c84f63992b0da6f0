"""By which way an order goes: `ranking` puts the routes in order, `health` knows which are broken, `slots` how many
orders each channel has."""

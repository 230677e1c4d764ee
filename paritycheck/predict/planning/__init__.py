"""The build as a whole: the predicted image, its rivals, and repairs that were tried."""

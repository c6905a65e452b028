"""Files and folders to the checked model."""

"""What CMS's tables say of claim lines, beside the policies."""

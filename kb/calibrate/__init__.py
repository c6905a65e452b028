"""Rules held against what payers did: remittances as witness."""

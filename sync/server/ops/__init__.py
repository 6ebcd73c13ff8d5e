"""What an administrator needs: backup, restore, recovery, examination, figures and logs."""

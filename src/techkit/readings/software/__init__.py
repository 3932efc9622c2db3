"""Programs that people use: crashes, licences, office programs."""

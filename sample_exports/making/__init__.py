"""What the sample exports are made of. Everything is invented, and nothing looks at a clock."""

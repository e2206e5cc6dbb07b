"""What every room stands on: database, register, money, time, mail queue, language, safety."""

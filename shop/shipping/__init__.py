"""How goods reach people: methods, countries, costs and carriers."""

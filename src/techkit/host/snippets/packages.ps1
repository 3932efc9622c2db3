# The Store's packages of this account and what Windows thinks of each: neither WMI nor the registry tells.
Get-AppxPackage | Select-Object Name, @{ Name = 'Status'; Expression = { [string]$_.Status } }

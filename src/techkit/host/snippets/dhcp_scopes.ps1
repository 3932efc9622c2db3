# The ranges that this DHCP server gives addresses from.
if (Get-Service -Name DHCPServer -ErrorAction SilentlyContinue) {
    $active = Get-DhcpServerv4Scope |
        Where-Object { [string]$_.State -eq 'Active' } |
        ForEach-Object { [string]$_.ScopeId }
    Get-DhcpServerv4ScopeStatistics |
        Where-Object { $active -contains [string]$_.ScopeId } |
        Select-Object AddressesFree, AddressesInUse, @{ Name = 'ScopeId'; Expression = { [string]$_.ScopeId } }
}

# Whether this DHCP server may work: a domain has to let it.
if (Get-Service -Name DHCPServer -ErrorAction SilentlyContinue) {
    Get-DhcpServerSetting | Select-Object IsAuthorized, IsDomainJoined
}

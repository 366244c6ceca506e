# Mail First Aid: this block only reads. Paste it into the Exchange Management Shell and press Enter.
# It puts what it read on the clipboard, as text. No mail's content is read, and nothing is changed.
& {
  $ErrorActionPreference = 'Continue'
  $r = [ordered]@{ kind = 'mail-first-aid/exchange'; at = (Get-Date).ToUniversalTime().ToString('o') }
  $r.servers = @(Get-ExchangeServer | ForEach-Object {
    [ordered]@{ name = [string]$_.Name; build = [string]$_.AdminDisplayVersion; edition = [string]$_.Edition } })
  $r.setup = [string](Get-Command ExSetup -ErrorAction SilentlyContinue).FileVersionInfo.FileVersion
  $r.queues = @(Get-Queue -ResultSize 500 | ForEach-Object {
    [ordered]@{ id = [string]$_.Identity; type = [string]$_.DeliveryType; status = [string]$_.Status
      count = [int]$_.MessageCount; next = [string]$_.NextHopDomain; error = [string]$_.LastError } })
  $r.messages = @(Get-Message -ResultSize 1000 -IncludeRecipientInfo | ForEach-Object {
    [ordered]@{ queue = [string]$_.Queue; from = [string]$_.FromAddress; status = [string]$_.Status
      received = $_.DateReceived.ToUniversalTime().ToString('o'); error = [string]$_.LastError
      to = @($_.Recipients | Select-Object -First 50 | ForEach-Object { ([string]$_).Split(';')[0] }) } })
  $nobody = (New-Object Security.Principal.SecurityIdentifier 'S-1-5-7').Translate([Security.Principal.NTAccount]).Value
  $r.connectors = @(Get-ReceiveConnector | ForEach-Object {
    $right = Get-ADPermission -Identity $_.Identity -User $nobody -ErrorAction SilentlyContinue |
      Where-Object { -not $_.Deny -and ($_.ExtendedRights -like '*ms-Exch-SMTP-Accept-Any-Recipient*') }
    [ordered]@{ name = [string]$_.Identity; enabled = [bool]$_.Enabled; bindings = @($_.Bindings | ForEach-Object { [string]$_ })
      from = @($_.RemoteIPRanges | ForEach-Object { [string]$_ }); groups = [string]$_.PermissionGroups
      anyone = [bool]$right } })
  $r | ConvertTo-Json -Depth 5 | clip.exe
  'Mail First Aid: done. Paste the clipboard into a text file, or into the app.'
}

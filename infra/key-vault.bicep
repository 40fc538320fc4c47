// The two settings that may hold a secret of somebody else: a database's address and a webhook's.
param location string
param suffix string

@secure()
param emrDatabases string

@secure()
param alertWebhookUrl string

var hasWebhook = !empty(alertWebhookUrl)

resource keyVault 'Microsoft.KeyVault/vaults@2023-07-01' = {
  name: 'kv-rcm-${suffix}'
  location: location
  properties: {
    tenantId: subscription().tenantId
    sku: {
      family: 'A'
      name: 'standard'
    }
    enableRbacAuthorization: true
    enableSoftDelete: true
    softDeleteRetentionInDays: 90
    enablePurgeProtection: true
  }
}

resource emrDatabasesSecret 'Microsoft.KeyVault/vaults/secrets@2023-07-01' = {
  parent: keyVault
  name: 'emr-databases'
  properties: {
    value: emrDatabases
  }
}

resource alertWebhookSecret 'Microsoft.KeyVault/vaults/secrets@2023-07-01' = if (hasWebhook) {
  parent: keyVault
  name: 'alert-webhook-url'
  properties: {
    value: alertWebhookUrl
  }
}

output keyVaultName string = keyVault.name
output emrDatabasesUri string = '${keyVault.properties.vaultUri}secrets/emr-databases'
output alertWebhookUri string = hasWebhook ? '${keyVault.properties.vaultUri}secrets/alert-webhook-url' : ''

// The data account: landing to gold, and the ledger's tables. The host account: the Functions host's own keys, timer
// locks and packages, so that the host needs no right on data beyond its roles.
param location string
param suffix string
param anchorDays int

var containers = [
  'landing'
  'archive'
  'bronze'
  'quarantine'
  'manifests'
  'reports'
  'published'
  'anchors'
  'lake' // the Delta tables, written by Databricks
  'event-dead-letters' // what Event Grid could not deliver, written by Event Grid
]

var tables = [
  'ledger'
  'databricksruns'
  'requests'
  'listing'
  'contents'
  'bookmarks'
  'periods'
]

resource dataAccount 'Microsoft.Storage/storageAccounts@2024-01-01' = {
  name: 'rcmdata${suffix}'
  location: location
  kind: 'StorageV2'
  sku: {
    name: 'Standard_ZRS'
  }
  properties: {
    isHnsEnabled: true
    minimumTlsVersion: 'TLS1_2'
    supportsHttpsTrafficOnly: true
    allowSharedKeyAccess: false
    allowBlobPublicAccess: false
    allowCrossTenantReplication: false
    defaultToOAuthAuthentication: true
    encryption: {
      keySource: 'Microsoft.Storage'
      requireInfrastructureEncryption: true
    }
  }
}

resource blobs 'Microsoft.Storage/storageAccounts/blobServices@2024-01-01' = {
  parent: dataAccount
  name: 'default'
  properties: {
    deleteRetentionPolicy: {
      enabled: true
      days: 30
    }
    containerDeleteRetentionPolicy: {
      enabled: true
      days: 30
    }
  }
}

resource container 'Microsoft.Storage/storageAccounts/blobServices/containers@2024-01-01' = [
  for name in containers: {
    parent: blobs
    name: name
    properties: {
      publicAccess: 'None'
    }
  }
]

// Unlocked at first, so that a mistake can be undone; the README says how to lock it for good.
resource anchorPolicy 'Microsoft.Storage/storageAccounts/blobServices/containers/immutabilityPolicies@2024-01-01' = {
  name: '${dataAccount.name}/default/anchors/default'
  properties: {
    immutabilityPeriodSinceCreationInDays: anchorDays
    allowProtectedAppendWrites: false
  }
  dependsOn: [
    container
  ]
}

resource tableService 'Microsoft.Storage/storageAccounts/tableServices@2024-01-01' = {
  parent: dataAccount
  name: 'default'
}

resource table 'Microsoft.Storage/storageAccounts/tableServices/tables@2024-01-01' = [
  for name in tables: {
    parent: tableService
    name: name
  }
]

resource hostAccount 'Microsoft.Storage/storageAccounts@2024-01-01' = {
  name: 'rcmhost${suffix}'
  location: location
  kind: 'StorageV2'
  sku: {
    name: 'Standard_ZRS'
  }
  properties: {
    minimumTlsVersion: 'TLS1_2'
    supportsHttpsTrafficOnly: true
    allowSharedKeyAccess: false
    allowBlobPublicAccess: false
    allowCrossTenantReplication: false
    defaultToOAuthAuthentication: true
  }
}

resource hostBlobs 'Microsoft.Storage/storageAccounts/blobServices@2024-01-01' = {
  parent: hostAccount
  name: 'default'
}

resource packages 'Microsoft.Storage/storageAccounts/blobServices/containers@2024-01-01' = {
  parent: hostBlobs
  name: 'packages'
  properties: {
    publicAccess: 'None'
  }
}

resource systemTopic 'Microsoft.EventGrid/systemTopics@2025-02-15' = {
  name: 'evgt-rcm-${suffix}'
  location: location
  identity: {
    type: 'SystemAssigned'
  }
  properties: {
    source: dataAccount.id
    topicType: 'Microsoft.Storage.StorageAccounts'
  }
}

output dataAccountName string = dataAccount.name
output hostAccountName string = hostAccount.name
output systemTopicName string = systemTopic.name
output eventGridPrincipalId string = systemTopic.identity.principalId

// Who may do what: data-plane roles only, each on one container, table, queue or account. Nobody is Owner or
// Contributor of anything by this template, and no key of an account opens it.
param dataAccountName string
param hostAccountName string
param serviceBusName string
param keyVaultName string
param appPrincipalId string
param eventGridPrincipalId string
param databricksPrincipalId string

var roleIds = {
  'Azure Service Bus Data Receiver': '4f6d3b9b-027b-4f4c-9142-0e5a2a2247e0'
  'Azure Service Bus Data Sender': '69a216fc-b8fb-44d8-bc22-1f3c2cd27a39'
  'Key Vault Secrets User': '4633458b-17de-408a-b874-0445c86b69e6'
  'Storage Blob Data Contributor': 'ba92f5b4-2d11-453d-a403-e96b0029c9fe'
  'Storage Blob Data Owner': 'b7e6dc6d-f1e8-4753-8033-0f276bb0955b'
  'Storage Blob Data Reader': '2a2b9908-6ea1-4ae2-8e65-a410df84e7d1'
  'Storage Blob Delegator': 'db58b8e5-c6ad-4a2a-8342-4190687cbf4a'
  'Storage Table Data Contributor': '0a9a7e1f-b9d0-4cc4-a60d-0319b160aaa3'
}

// extract_emr and refresh_codes write to landing; staged files in bronze and quarantine are swept; a copy into archive
// that failed half-way is taken away; what stands in anchors is kept by its immutability policy.
var appContainers = [
  { container: 'landing', role: 'Storage Blob Data Contributor' }
  { container: 'archive', role: 'Storage Blob Data Contributor' }
  { container: 'bronze', role: 'Storage Blob Data Contributor' }
  { container: 'quarantine', role: 'Storage Blob Data Contributor' }
  { container: 'manifests', role: 'Storage Blob Data Contributor' }
  { container: 'anchors', role: 'Storage Blob Data Contributor' }
  { container: 'reports', role: 'Storage Blob Data Reader' }
  { container: 'published', role: 'Storage Blob Data Reader' }
]

var databricksContainers = [
  { container: 'manifests', role: 'Storage Blob Data Reader' }
  { container: 'bronze', role: 'Storage Blob Data Reader' }
  { container: 'quarantine', role: 'Storage Blob Data Reader' }
  { container: 'lake', role: 'Storage Blob Data Contributor' }
  { container: 'reports', role: 'Storage Blob Data Contributor' }
  { container: 'published', role: 'Storage Blob Data Contributor' }
]

var appTables = [
  { table: 'ledger', role: 'Storage Table Data Contributor' }
  { table: 'databricksruns', role: 'Storage Table Data Contributor' }
  { table: 'requests', role: 'Storage Table Data Contributor' }
  { table: 'listing', role: 'Storage Table Data Contributor' }
  { table: 'contents', role: 'Storage Table Data Contributor' }
  { table: 'bookmarks', role: 'Storage Table Data Contributor' }
  { table: 'periods', role: 'Storage Table Data Contributor' }
]

var appQueues = [
  { queue: 'ingestion-requests', role: 'Azure Service Bus Data Receiver' }
  { queue: 'ingestion-requests', role: 'Azure Service Bus Data Sender' }
  { queue: 'databricks-run-requests', role: 'Azure Service Bus Data Receiver' }
  { queue: 'databricks-run-requests', role: 'Azure Service Bus Data Sender' }
]

resource dataAccount 'Microsoft.Storage/storageAccounts@2024-01-01' existing = {
  name: dataAccountName
}

resource blobs 'Microsoft.Storage/storageAccounts/blobServices@2024-01-01' existing = {
  parent: dataAccount
  name: 'default'
}

resource tableService 'Microsoft.Storage/storageAccounts/tableServices@2024-01-01' existing = {
  parent: dataAccount
  name: 'default'
}

resource hostAccount 'Microsoft.Storage/storageAccounts@2024-01-01' existing = {
  name: hostAccountName
}

resource serviceBus 'Microsoft.ServiceBus/namespaces@2024-01-01' existing = {
  name: serviceBusName
}

resource keyVault 'Microsoft.KeyVault/vaults@2023-07-01' existing = {
  name: keyVaultName
}

resource appContainer 'Microsoft.Storage/storageAccounts/blobServices/containers@2024-01-01' existing = [
  for grant in appContainers: {
    parent: blobs
    name: grant.container
  }
]

resource databricksContainer 'Microsoft.Storage/storageAccounts/blobServices/containers@2024-01-01' existing = [
  for grant in databricksContainers: {
    parent: blobs
    name: grant.container
  }
]

resource eventDeadLetters 'Microsoft.Storage/storageAccounts/blobServices/containers@2024-01-01' existing = {
  parent: blobs
  name: 'event-dead-letters'
}

resource appTable 'Microsoft.Storage/storageAccounts/tableServices/tables@2024-01-01' existing = [
  for grant in appTables: {
    parent: tableService
    name: grant.table
  }
]

resource appQueue 'Microsoft.ServiceBus/namespaces/queues@2024-01-01' existing = [
  for grant in appQueues: {
    parent: serviceBus
    name: grant.queue
  }
]

resource appOnContainer 'Microsoft.Authorization/roleAssignments@2022-04-01' = [
  for (grant, i) in appContainers: {
    name: guid(appContainer[i].id, appPrincipalId, grant.role)
    scope: appContainer[i]
    properties: {
      principalId: appPrincipalId
      principalType: 'ServicePrincipal'
      roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', roleIds[grant.role])
    }
  }
]

resource appOnTable 'Microsoft.Authorization/roleAssignments@2022-04-01' = [
  for (grant, i) in appTables: {
    name: guid(appTable[i].id, appPrincipalId, grant.role)
    scope: appTable[i]
    properties: {
      principalId: appPrincipalId
      principalType: 'ServicePrincipal'
      roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', roleIds[grant.role])
    }
  }
]

resource appOnQueue 'Microsoft.Authorization/roleAssignments@2022-04-01' = [
  for (grant, i) in appQueues: {
    name: guid(appQueue[i].id, appPrincipalId, grant.role)
    scope: appQueue[i]
    properties: {
      principalId: appPrincipalId
      principalType: 'ServicePrincipal'
      roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', roleIds[grant.role])
    }
  }
]

// What the Functions host asks for on its own account: keys, timer locks, packages.
resource appOnHostAccount 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(hostAccount.id, appPrincipalId, 'Storage Blob Data Owner')
  scope: hostAccount
  properties: {
    principalId: appPrincipalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', roleIds['Storage Blob Data Owner'])
  }
}

resource appOnKeyVault 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(keyVault.id, appPrincipalId, 'Key Vault Secrets User')
  scope: keyVault
  properties: {
    principalId: appPrincipalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', roleIds['Key Vault Secrets User'])
  }
}

resource eventGridOnDeadLetters 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(eventDeadLetters.id, eventGridPrincipalId, 'Storage Blob Data Contributor')
  scope: eventDeadLetters
  properties: {
    principalId: eventGridPrincipalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', roleIds['Storage Blob Data Contributor'])
  }
}

resource databricksOnContainer 'Microsoft.Authorization/roleAssignments@2022-04-01' = [
  for (grant, i) in databricksContainers: {
    name: guid(databricksContainer[i].id, databricksPrincipalId, grant.role)
    scope: databricksContainer[i]
    properties: {
      principalId: databricksPrincipalId
      principalType: 'ServicePrincipal'
      roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', roleIds[grant.role])
    }
  }
]

// Unity Catalog hands its clusters short-lived keys of single folders.
resource databricksOnAccount 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(dataAccount.id, databricksPrincipalId, 'Storage Blob Delegator')
  scope: dataAccount
  properties: {
    principalId: databricksPrincipalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', roleIds['Storage Blob Delegator'])
  }
}

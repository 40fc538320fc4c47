// All of one environment, in a resource group of its own. The Event Grid subscription needs the deployed function and
// comes after it: events.bicep.
targetScope = 'subscription'

@description('Name of the environment; part of every resource name')
@minLength(2)
@maxLength(16)
param environmentName string

@description('Azure region; it must offer Flex Consumption')
param location string

@description('Where alerts are mailed')
param alertEmail string

@description('Databricks job ids by our name of the job, JSON: {"rcm_medallion": 123}; known once the bundle is deployed')
param databricksJobs string = '{}'

@description('SQLAlchemy URLs of the EMR databases by connection name, JSON; kept in Key Vault')
@secure()
param emrDatabases string = '{}'

@description('A webhook that is told of alerts, "" for none; kept in Key Vault')
@secure()
param alertWebhookUrl string = ''

@description('False turns extract_emr off, where no EMR database is pulled')
param pullsEmr bool = false

@description('Days for which nothing in container anchors can be changed or deleted: six years')
param anchorDays int = 2192

var suffix = uniqueString(subscription().id, environmentName, location)
var tags = {
  'azd-env-name': environmentName
}

resource group 'Microsoft.Resources/resourceGroups@2024-03-01' = {
  name: 'rg-rcm-${environmentName}'
  location: location
  tags: tags
}

module storage 'storage.bicep' = {
  name: 'storage'
  scope: group
  params: {
    location: location
    suffix: suffix
    anchorDays: anchorDays
  }
}

module messaging 'messaging.bicep' = {
  name: 'messaging'
  scope: group
  params: {
    location: location
    suffix: suffix
  }
}

module telemetry 'telemetry.bicep' = {
  name: 'telemetry'
  scope: group
  params: {
    location: location
    suffix: suffix
  }
}

module keyVault 'key-vault.bicep' = {
  name: 'key-vault'
  scope: group
  params: {
    location: location
    suffix: suffix
    emrDatabases: emrDatabases
    alertWebhookUrl: alertWebhookUrl
  }
}

module databricks 'databricks.bicep' = {
  name: 'databricks'
  scope: group
  params: {
    location: location
    suffix: suffix
  }
}

module functionApp 'function-app.bicep' = {
  name: 'function-app'
  scope: group
  params: {
    location: location
    suffix: suffix
    dataAccountName: storage.outputs.dataAccountName
    hostAccountName: storage.outputs.hostAccountName
    serviceBusName: messaging.outputs.serviceBusName
    insightsName: telemetry.outputs.insightsName
    emrDatabasesUri: keyVault.outputs.emrDatabasesUri
    alertWebhookUri: keyVault.outputs.alertWebhookUri
    databricksHost: databricks.outputs.host
    databricksJobs: databricksJobs
    pullsEmr: pullsEmr
  }
}

module roles 'roles.bicep' = {
  name: 'roles'
  scope: group
  params: {
    dataAccountName: storage.outputs.dataAccountName
    hostAccountName: storage.outputs.hostAccountName
    serviceBusName: messaging.outputs.serviceBusName
    keyVaultName: keyVault.outputs.keyVaultName
    appPrincipalId: functionApp.outputs.principalId
    eventGridPrincipalId: storage.outputs.eventGridPrincipalId
    databricksPrincipalId: databricks.outputs.accessPrincipalId
  }
}

module alerts 'alerts.bicep' = {
  name: 'alerts'
  scope: group
  params: {
    location: location
    email: alertEmail
    serviceBusName: messaging.outputs.serviceBusName
    workspaceName: telemetry.outputs.workspaceName
    systemTopicName: storage.outputs.systemTopicName
  }
}

output AZURE_RESOURCE_GROUP string = group.name
output RCM_DATA_ACCOUNT string = storage.outputs.dataAccountName
output RCM_DATABRICKS_HOST string = databricks.outputs.host
output RCM_DATABRICKS_ACCESS_CONNECTOR string = databricks.outputs.accessConnectorId
output RCM_FUNCTION_APP string = functionApp.outputs.name
output RCM_SYSTEM_TOPIC string = storage.outputs.systemTopicName

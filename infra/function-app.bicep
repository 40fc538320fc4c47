// The function app on Flex Consumption. Its settings are those of local.settings.sample.json, each service by identity.
param location string
param suffix string
param dataAccountName string
param hostAccountName string
param serviceBusName string
param insightsName string
param emrDatabasesUri string
param alertWebhookUri string
param databricksHost string
param databricksJobs string
param pullsEmr bool

resource insights 'Microsoft.Insights/components@2020-02-02' existing = {
  name: insightsName
}

resource plan 'Microsoft.Web/serverfarms@2024-04-01' = {
  name: 'plan-rcm-${suffix}'
  location: location
  kind: 'functionapp'
  sku: {
    name: 'FC1'
    tier: 'FlexConsumption'
  }
  properties: {
    reserved: true
  }
}

resource app 'Microsoft.Web/sites@2024-04-01' = {
  name: 'func-rcm-${suffix}'
  location: location
  kind: 'functionapp,linux'
  tags: {
    'azd-service-name': 'ingestion'
  }
  identity: {
    type: 'SystemAssigned'
  }
  properties: {
    serverFarmId: plan.id
    httpsOnly: true
    siteConfig: {
      minTlsVersion: '1.2'
      scmMinTlsVersion: '1.2'
      ftpsState: 'Disabled'
      http20Enabled: true
    }
    functionAppConfig: {
      deployment: {
        storage: {
          type: 'blobContainer'
          value: 'https://${hostAccountName}.blob.${environment().suffixes.storage}/packages'
          authentication: {
            type: 'SystemAssignedIdentity'
          }
        }
      }
      runtime: {
        name: 'python'
        version: '3.13'
      }
      scaleAndConcurrency: {
        instanceMemoryMB: 2048
        maximumInstanceCount: 40
      }
    }
  }
}

resource noFtpPassword 'Microsoft.Web/sites/basicPublishingCredentialsPolicies@2024-04-01' = {
  parent: app
  name: 'ftp'
  properties: {
    allow: false
  }
}

resource noPublishingPassword 'Microsoft.Web/sites/basicPublishingCredentialsPolicies@2024-04-01' = {
  parent: app
  name: 'scm'
  properties: {
    allow: false
  }
}

resource settings 'Microsoft.Web/sites/config@2024-04-01' = {
  parent: app
  name: 'appsettings'
  properties: {
    AzureWebJobsStorage__accountName: hostAccountName
    'AzureWebJobs.extract_emr.Disabled': pullsEmr ? 'false' : 'true'
    PYTHON_THREADPOOL_THREAD_COUNT: '16'
    RCM_MODE: 'production'
    RCM_STORAGE__accountName: dataAccountName
    RCM_STORAGE_ROOT: 'abfss://{container}@${dataAccountName}.dfs.${environment().suffixes.storage}'
    RCM_SERVICE_BUS__fullyQualifiedNamespace: '${serviceBusName}.servicebus.windows.net'
    RCM_QUEUE_INGESTION_REQUESTS: 'ingestion-requests'
    RCM_QUEUE_DATABRICKS_RUN_REQUESTS: 'databricks-run-requests'
    RCM_DATABRICKS_HOST: databricksHost
    RCM_DATABRICKS_JOBS: databricksJobs
    RCM_LAKE_ROOT: 'abfss://lake@${dataAccountName}.dfs.${environment().suffixes.storage}'
    RCM_METADATA_PATH: ''
    RCM_GROUP_SETTLE_SECONDS: '5'
    RCM_GROUP_LIMIT_SECONDS: '60'
    RCM_FOLLOW_SECONDS: '15'
    RCM_RUN_ATTEMPTS: '3'
    RCM_SCHEDULE_RECONCILE: '0 */5 * * * *'
    RCM_SCHEDULE_REFRESH_CODES: '0 0 5 * * *'
    RCM_SCHEDULE_ANCHOR_AUDIT: '0 30 * * * *'
    RCM_SCHEDULE_EXTRACT_EMR: '0 0 * * * *'
    RCM_EMR_DATABASES: '@Microsoft.KeyVault(SecretUri=${emrDatabasesUri})'
    RCM_CODE_ORIGINS: '{"cms":"https://www.cms.gov","nppes":"https://npiregistry.cms.hhs.gov","nlm":"https://clinicaltables.nlm.nih.gov"}'
    RCM_HTTP_ALLOWED_ORIGINS: '["https://www.cms.gov","https://npiregistry.cms.hhs.gov","https://clinicaltables.nlm.nih.gov"]'
    RCM_TELEMETRY_EXPORTER: 'azure_monitor'
    APPLICATIONINSIGHTS_CONNECTION_STRING: insights.properties.ConnectionString
    RCM_ALERT_WEBHOOK_URL: empty(alertWebhookUri) ? '' : '@Microsoft.KeyVault(SecretUri=${alertWebhookUri})'
  }
}

output name string = app.name
output principalId string = app.identity.principalId

// Values of an environment, as azd keeps them: `azd env set RCM_ALERT_EMAIL …`.
using 'main.bicep'

param environmentName = readEnvironmentVariable('AZURE_ENV_NAME')
param location = readEnvironmentVariable('AZURE_LOCATION')
param alertEmail = readEnvironmentVariable('RCM_ALERT_EMAIL')
param databricksJobs = readEnvironmentVariable('RCM_DATABRICKS_JOBS', '{}')
param emrDatabases = readEnvironmentVariable('RCM_EMR_DATABASES', '{}')
param alertWebhookUrl = readEnvironmentVariable('RCM_ALERT_WEBHOOK_URL', '')
param pullsEmr = bool(readEnvironmentVariable('RCM_PULLS_EMR', 'false'))

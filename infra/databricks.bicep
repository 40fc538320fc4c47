// The workspace, and the identity by which its jobs reach the data account (a Unity Catalog storage credential).
param location string
param suffix string

resource workspace 'Microsoft.Databricks/workspaces@2024-05-01' = {
  name: 'dbw-rcm-${suffix}'
  location: location
  sku: {
    name: 'premium'
  }
  properties: {
    managedResourceGroupId: subscriptionResourceId('Microsoft.Resources/resourceGroups', 'rg-rcm-databricks-${suffix}')
    parameters: {
      enableNoPublicIp: {
        value: true
      }
    }
  }
}

resource accessConnector 'Microsoft.Databricks/accessConnectors@2024-05-01' = {
  name: 'dbac-rcm-${suffix}'
  location: location
  identity: {
    type: 'SystemAssigned'
  }
}

output host string = 'https://${workspace.properties.workspaceUrl}'
output accessConnectorId string = accessConnector.id
output accessPrincipalId string = accessConnector.identity.principalId

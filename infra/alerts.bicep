// Who is told, and of what: the program's own alerts, dead letters, and events that Event Grid could not deliver.
param location string
param email string
param serviceBusName string
param workspaceName string
param systemTopicName string

var programAlerts = [
  'audit_not_sound'
  'bring_failed'
  'databricks_run_failed'
  'databricks_state_unknown'
  'dead_letters_waiting'
  'file_overdue'
  'group_stranded'
  'ingestion_refused'
  'message_parked'
  'reconcile_failed'
  'signed_period_not_tied_out'
]

resource serviceBus 'Microsoft.ServiceBus/namespaces@2024-01-01' existing = {
  name: serviceBusName
}

resource workspace 'Microsoft.OperationalInsights/workspaces@2023-09-01' existing = {
  name: workspaceName
}

resource systemTopic 'Microsoft.EventGrid/systemTopics@2025-02-15' existing = {
  name: systemTopicName
}

resource operators 'Microsoft.Insights/actionGroups@2023-01-01' = {
  name: 'ag-rcm-operators'
  location: 'global'
  properties: {
    groupShortName: 'rcm'
    enabled: true
    emailReceivers: [
      {
        name: 'operators'
        emailAddress: email
        useCommonAlertSchema: true
      }
    ]
  }
}

resource programAlert 'Microsoft.Insights/scheduledQueryRules@2023-12-01' = {
  name: 'rcm-program-alert'
  location: location
  properties: {
    displayName: 'The program raised an alert'
    description: 'docs/runbook.md says what to do for each name'
    severity: 1
    enabled: true
    scopes: [
      workspace.id
    ]
    evaluationFrequency: 'PT5M'
    windowSize: 'PT5M'
    criteria: {
      allOf: [
        {
          query: 'AppTraces | where Message in (\'${join(programAlerts, '\', \'')}\')'
          timeAggregation: 'Count'
          operator: 'GreaterThan'
          threshold: 0
          dimensions: [
            {
              name: 'Message'
              operator: 'Include'
              values: [
                '*'
              ]
            }
          ]
          failingPeriods: {
            numberOfEvaluationPeriods: 1
            minFailingPeriodsToAlert: 1
          }
        }
      ]
    }
    actions: {
      actionGroups: [
        operators.id
      ]
    }
  }
}

resource deadLetters 'Microsoft.Insights/metricAlerts@2018-03-01' = {
  name: 'rcm-dead-letters'
  location: 'global'
  properties: {
    description: 'A message was given up after its last delivery'
    severity: 1
    enabled: true
    scopes: [
      serviceBus.id
    ]
    evaluationFrequency: 'PT5M'
    windowSize: 'PT5M'
    criteria: {
      'odata.type': 'Microsoft.Azure.Monitor.SingleResourceMultipleMetricCriteria'
      allOf: [
        {
          name: 'dead-letters'
          criterionType: 'StaticThresholdCriterion'
          metricName: 'DeadletteredMessages'
          dimensions: [
            {
              name: 'EntityName'
              operator: 'Include'
              values: [
                '*'
              ]
            }
          ]
          operator: 'GreaterThan'
          threshold: 0
          timeAggregation: 'Maximum'
        }
      ]
    }
    actions: [
      {
        actionGroupId: operators.id
      }
    ]
  }
}

var lostEventMetrics = [
  'DeadLetteredCount'
  'DroppedEventCount'
]

resource lostEvents 'Microsoft.Insights/metricAlerts@2018-03-01' = [
  for metric in lostEventMetrics: {
    name: 'rcm-events-${metric}'
    location: 'global'
    properties: {
      description: 'Event Grid gave up on an event; reconcile finds the file, the cause is to be found'
      severity: 2
      enabled: true
      scopes: [
        systemTopic.id
      ]
      evaluationFrequency: 'PT5M'
      windowSize: 'PT5M'
      criteria: {
        'odata.type': 'Microsoft.Azure.Monitor.SingleResourceMultipleMetricCriteria'
        allOf: [
          {
            name: 'lost-events'
            criterionType: 'StaticThresholdCriterion'
            metricName: metric
            operator: 'GreaterThan'
            threshold: 0
            timeAggregation: 'Total'
          }
        ]
      }
      actions: [
        {
          actionGroupId: operators.id
        }
      ]
    }
  }
]

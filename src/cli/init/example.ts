/**
 * The blueprint and the entity of Port's "Changelog Listener" guide, for an empty catalog. The guide's `changelogDestination` is
 * omitted: Port removed it in July 2026, and an automation replaces it.
 */

export const EXAMPLE_BLUEPRINT = {
  identifier: 'deploymentConfig',
  title: 'Deployment Config',
  icon: 'Microservice',
  schema: {
    properties: {
      healthStatus: {
        type: 'string',
        title: 'Health Status',
        enum: ['Healthy', 'Degraded', 'Crashed', 'Restarting'],
        enumColors: {Healthy: 'green', Degraded: 'orange', Crashed: 'red', Restarting: 'yellow'},
      },
      cpuUtil: {type: 'number', title: 'CPU Utilization'},
      memoryUtil: {type: 'number', title: 'Memory Utilization'},
      newRelicUrl: {
        type: 'string',
        format: 'url',
        title: 'New Relic',
        description: 'Link to the new relic dashboard of the service',
      },
      sentryUrl: {
        type: 'string',
        format: 'url',
        title: 'Sentry URL',
        description: 'Link to the new sentry dashboard of the service',
      },
      prometheusUrl: {type: 'string', format: 'url', title: 'Prometheus URL'},
      locked: {
        type: 'boolean',
        title: 'Locked',
        default: false,
        description: 'Are deployments currently allowed for this configuration',
        icon: 'Lock',
      },
    },
    required: [],
  },
  mirrorProperties: {},
  calculationProperties: {},
  relations: {},
} as const;

export const EXAMPLE_ENTITY = {
  identifier: 'notification-service-prod',
  title: 'Notification Service Production',
  properties: {
    healthStatus: 'Healthy',
    cpuUtil: 25,
    memoryUtil: 30,
    newRelicUrl: 'https://newrelic.com',
    sentryUrl: 'https://sentry.io/',
    prometheusUrl: 'https://prometheus.io',
    locked: false,
  },
  relations: {},
} as const;

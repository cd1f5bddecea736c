/** The sample event in the help. */

export const SAMPLE_EVENT = `\
To start without a recorded event, save this as event.json. It has only the required parts of an event from Port:

  {
    "action": "UPDATE",
    "context": { "blueprintIdentifier": "deploymentConfig", "entityIdentifier": "checkout-prod" },
    "diff": {
      "before": { "properties": { "healthStatus": "Healthy" } },
      "after": { "properties": { "healthStatus": "Degraded" } }
    }
  }
`;

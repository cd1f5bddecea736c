/** The sample event in the help. */

export const SAMPLE_EVENT = `\
To begin, without an event of your own, put this into event.json; it is what Port sends, but for what is not needed:

  {
    "action": "UPDATE",
    "context": { "blueprintIdentifier": "deploymentConfig", "entityIdentifier": "checkout-prod" },
    "diff": {
      "before": { "properties": { "healthStatus": "Healthy" } },
      "after": { "properties": { "healthStatus": "Degraded" } }
    }
  }
`;

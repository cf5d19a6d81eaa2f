import type { RuleTable } from '../rule.ts'

/** Azure OpenAI and Azure AI Foundry. */
export const AZURE: RuleTable = {
  name: 'azure',
  source: 'https://learn.microsoft.com/azure/ai-foundry/openai/reference',
  rules: [
    {
      id: 'DeploymentNotFound',
      category: 'model_not_found',
      code: ['DeploymentNotFound', 'ModelDeploymentNotFound'],
    },
    {
      id: 'deployment-words',
      category: 'model_not_found',
      text: ['api deployment for this resource does not exist', 'deployment * does not exist'],
    },
    {
      id: 'content-management',
      category: 'content_filter',
      text: ['triggering azure openais content management policy', 'content management policy'],
      source: 'https://go.microsoft.com/fwlink/?linkid=2198766',
    },
    {
      id: 'daily-events',
      category: 'quota_exhausted',
      text: 'event daily request rate | requests are disabled until utc midnight',
    },
    {
      id: 'deprecating',
      category: 'model_deprecated',
      code: 'ServiceModelDeprecating | ServiceModelDeprecated',
    },
    {
      id: 'call-rate',
      category: 'rate_limit',
      text: [
        'exceeded call rate limit | exceeded token rate limit',
        'requests to the * operation * have exceeded',
      ],
      source: 'https://learn.microsoft.com/azure/ai-foundry/openai/quotas-limits',
    },
    {
      id: 'high-demand',
      category: 'overloaded',
      text: [
        'experiencing high demand | system is currently experiencing high demand',
        'nocapacity | no capacity is available',
      ],
    },
    {
      id: 'access-denied',
      category: 'auth_invalid_key',
      text: [
        'access denied due to invalid subscription key or wrong api endpoint',
        'invalid subscription key | missing subscription key',
        'token is expired or invalid | audience is incorrect',
        'unauthorized. access token is missing, invalid*',
        'principal does not have * data action | jwt token',
      ],
    },
    {
      id: 'data-action',
      category: 'permission_denied',
      text: [
        'lacks the required data action | principal does not have access to api/operation',
        'public access is disabled | access denied due to virtual network/firewall rules',
        'authenticationtypedisabled | key based authentication is disabled',
      ],
    },
    {
      id: 'OperationNotSupported',
      category: 'wrong_endpoint',
      code: 'OperationNotSupported | opperationnotsupported | UnsupportedApiVersion',
    },
    {
      id: 'operation-words',
      category: 'wrong_endpoint',
      text: [
        'operation does not work with the specified model | api version not supported',
        'resource not found',
      ],
      not: ['deployment'],
    },
    {
      id: 'ModelDeprecated',
      category: 'model_deprecated',
      code: 'ModelDeprecated | ServiceModelDeprecated | DeprecatedModel',
    },
  ],
}

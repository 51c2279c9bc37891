/** Definitions of custom attributes: endpoint to verb. */
import type { agentCustomAttributes } from '@hoory/contract';
import type { Routes } from '../http/routes.ts';
import {
  createCustomAttribute,
  deleteCustomAttribute,
  listCustomAttributes,
  showCustomAttribute,
  updateCustomAttribute,
} from './custom-attributes.ts';

export const customAttributeRoutes: Routes<typeof agentCustomAttributes> = {
  agentListCustomAttributes: listCustomAttributes,
  agentGetCustomAttribute: showCustomAttribute,
  agentCreateCustomAttribute: createCustomAttribute,
  agentUpdateCustomAttribute: updateCustomAttribute,
  agentDeleteCustomAttribute: deleteCustomAttribute,
};

export {
  type CallPrice,
  createPricer,
  type PricedCall,
  type PricedModel,
  type Pricer,
} from './cost/call-price.ts'
export type { PriceRule } from './cost/price-rule.ts'
export { TABLE_VERSION, useTable } from './cost/price-table.ts'

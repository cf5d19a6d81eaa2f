/** A passage of the shop's handbook. */
export interface Passage {
  readonly source_id: string
  readonly text: string
}

/** A passage that matched. */
export interface FoundPassage extends Passage {
  /** Share of the question's words that the passage has, 0 to 1. */
  readonly score: number
}

const HANDBOOK: readonly Passage[] = [
  {
    source_id: 'returns',
    text: 'Shoes and clothes can be returned within 30 days of delivery if they were not worn outside. The refund arrives within 5 working days after the parcel reached us.',
  },
  {
    source_id: 'shipping',
    text: 'Parcels within the country take 2 to 3 working days, parcels abroad 5 to 8. A parcel that has not moved for 4 days counts as lost and is sent again.',
  },
  {
    source_id: 'late-delivery',
    text: 'When an order arrives later than promised, the customer gets the shipping fee back without having to ask for it.',
  },
  {
    source_id: 'warranty',
    text: 'Soles, seams and zips have a warranty of two years. Worn soles after normal use are not covered.',
  },
  {
    source_id: 'payment',
    text: 'We take cards, invoices and bank transfer. An invoice is due 14 days after delivery. Cards are charged when the parcel leaves.',
  },
  {
    source_id: 'exchange',
    text: 'A different size can be had in exchange, free of charge, as long as it is in stock. The order number is needed.',
  },
  {
    source_id: 'care',
    text: 'Leather shoes are cleaned with a damp cloth and creamed once a month. They must not dry on a radiator.',
  },
]

/** The passages that share most words with a question, best first, three at most. */
export function searchHandbook(question: string): FoundPassage[] {
  const asked = wordsOf(question)
  return HANDBOOK.map((passage) => ({ ...passage, score: overlap(asked, wordsOf(passage.text)) }))
    .filter(({ score }) => score > 0)
    .sort((a, b) => b.score - a.score)
    .slice(0, 3)
}

/** Words of four letters and more, without an ending: short ones say nothing about the subject. */
function wordsOf(text: string): Set<string> {
  const words = text.toLowerCase().match(/[a-z]{4,}/g) ?? []
  return new Set(words.map((word) => word.replace(/(ed|s)$/, '')))
}

function overlap(asked: Set<string>, passage: Set<string>): number {
  const shared = [...asked].filter((word) => passage.has(word)).length
  return asked.size === 0 ? 0 : Math.round((shared / asked.size) * 100) / 100
}

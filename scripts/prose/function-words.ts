/**
 * The closed word classes of English. They carry grammar and no content: a sentence that is mostly made of them names
 * nothing, so its reader has to guess.
 */
const CLASSES = {
  articles: 'a an the',
  demonstratives: 'this that these those here there then thus so such',
  pronouns: `i me my mine myself we us our ours ourselves you your yours yourself he him his himself she her hers herself
    it its itself they them their theirs themselves one ones oneself
    something anything nothing everything someone anyone nobody everyone everybody somebody anybody`,
  relatives: `what which who whom whose whoever whatever whichever when where why how whether whenever wherever while
    whereas`,
  quantifiers: `all any both each either neither every few fewer less least more most many much none no not nor several
    some other others another same own only enough first last`,
  prepositions: `about above across after against along among around as at before behind below beneath beside besides
    between beyond by despite down during except for from in inside into like near of off on onto out outside over past per
    since than through throughout to toward towards under until till unto up upon via with within without`,
  conjunctions: 'and or but if unless because although though lest else yet once',
  auxiliaries: `am is are was were be been being do does did doing done have has had having can could may might must shall
    should will would ought cannot`,
  adverbs: `also again already always ever even just never now often otherwise rather still too very well almost away back
    together elsewhere anywhere nowhere everywhere somewhere instead`,
};

const CONTRACTION = /^(.+?)(n't|'(s|re|ve|ll|d|m))$/;
const words = new Set(Object.values(CLASSES).flatMap((list) => list.split(/\s+/)));

/** @param word in lower case */
export function isFunctionWord(word: string): boolean {
  const [, stem] = CONTRACTION.exec(word) ?? [];
  return words.has(word) || (stem !== undefined && words.has(stem));
}

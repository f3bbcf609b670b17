// Package opinion is what a doctor says about a case, several such opinions side by
// side, and the decision that the patient takes from them.
//
// # Comparing
//
// Compare takes two or more opinions and answers, for every pair: is the diagnosis
// the same, is the treatment the same, how much does the difference matter, what
// may have caused it, where do they agree, where do they differ, and what should be
// asked of each doctor. It never says who is right, and a thing that an opinion does
// not say is unknown: it is never taken as a no.
//
// Diagnoses. Each diagnosis of one opinion is paired with the nearest of the other:
//
//   - Both have an ICD-10 code: equal codes are the same; one code that begins with the
//     other, or two codes in one three-character category, are refined; a symptom code
//     (chapter R) against a disease is refined; other categories are different.
//   - A code is missing: the words are compared, without accents, plurals, word order and
//     filling words, in English and Spanish. Equal words are the same. Opposite words
//     (benign and malignant, type 1 and type 2, a "no" in one only) are different. Names
//     that our list knows are placed in their ICD-10 category and compared as such. One
//     wording that holds the other is refined. All else is cannot_say: two names may
//     mean one disease, and only a doctor can tell.
//   - A same diagnosis whose certainty or stage is stated differently is refined. Left
//     against right is always its own difference, and always of major impact.
//
// A diagnosis that only one opinion has makes the whole refined; leftovers on both
// sides that are different make it different; doubtful ones make it cannot_say.
//
// Treatment. Options are paired by their words and kind, in either language. An option
// that one doctor recommends and the other names without recommending makes the
// management different; so do recommended options left over on both sides. Leftovers on
// one side beside a shared core make it refined. Nothing recommended on one side is
// cannot_say.
//
// Impact. None: nothing differs. Minor: wording, certainty, tests, or how soon. Moderate:
// another stage group, an added intensive treatment, a different treatment of like burden,
// or a time limit that differs by four times. Major: other side of the body, benign
// against malignant, different diagnosis and different treatment, or an intensive
// treatment against a clearly lighter one.
//
// Causes follow the single scale of the field (new data; missed or seen; read
// differently; judged differently; other goals; too little data), each only from
// what the opinions state: records that one had and the other had not, what each says
// was missing, records that both read, the aims that each names.
//
// A third opinion is suggested only when two opinions are all there are and they
// differ in diagnosis or management.
package opinion

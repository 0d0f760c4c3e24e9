/** Digests learn facts of every type of file, and what the columns of a table hold. */
export const digestFacts: string = `
-- JSON arrays; null: there is none.
alter table digests add column facts text;
alter table digests add column profile text;
`;

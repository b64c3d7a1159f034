/** Stands among the scopes that a person has refused, where what they refused is the token itself. No scope has spaces. */
export const TOKEN_ITSELF = 'the token itself';

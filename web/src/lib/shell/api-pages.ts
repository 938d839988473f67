/** Pages of the server itself, which the router of these pages does not know. */
export const API_VIEWER = '/api/docs/';
export const API_FILE = '/api/v1/openapi.json';

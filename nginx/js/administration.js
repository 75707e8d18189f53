// Who may come in at the administrators' listener.

import auth from './auth.js';

function administrator(r) {
    const key = auth.sentKey(r);
    return key ? auth.nameOf(r, key, 'admin_keys') : '';
}

// Status with which the listener refuses, "" for an administrator.
function refusal(r) {
    if (r.variables.administrator) {
        return '';
    }
    return r.variables.api_keys_file && r.variables.tenant ? '403' : '401';
}

export default {administrator, refusal};

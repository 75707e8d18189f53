// Who is asking: the tenant whose key stands in the Authorization header.

import fs from 'fs';

const BEARER = /^Bearer ([\x21-\x7e]+)$/;

function digest(text) {
    return require('crypto').createHash('sha256').update(text).digest('hex');
}

// Read at every request, so that a changed file counts at once; it is small and in the page cache.
function keys(path) {
    return fs.readFileSync(path).toString().split('\n')
        .map((line) => line.trim())
        .filter((line) => line && !line.startsWith('#'))
        .map((line) => [line.slice(0, line.indexOf(':')).trim(), line.slice(line.indexOf(':') + 1).trim()]);
}

// Digests are compared, and all of them: neither a key's length nor its place can be timed.
function tenant(r) {
    const header = BEARER.exec(r.headersIn.Authorization || '');
    if (!header) {
        return '';
    }
    const asked = digest(header[1]);
    let found = '';
    keys(r.variables.api_keys_file).forEach((entry) => {
        if (digest(entry[1]) === asked) {
            found = entry[0];
        }
    });
    return found;
}

export default {tenant};

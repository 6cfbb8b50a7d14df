/** Before each file of the core tests: no server of another project, and no account of the developer, changes their result. */
for (const name of Object.keys(process.env))
  if (name.startsWith('AWS_') || name === 'VERSITYGW_ENDPOINT_URL') delete process.env[name];

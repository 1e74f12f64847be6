vim.filetype.add({ extension = { spp = 'spp' } })

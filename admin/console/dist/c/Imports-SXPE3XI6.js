import{a,b}from"./chunk-A4K5EIWF.js";import"./chunk-HPLX4UVQ.js";import"./chunk-76EISTF7.js";import"./chunk-2L5WVKLZ.js";export{a as default,b as kindName};

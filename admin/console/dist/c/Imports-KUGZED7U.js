import{a,b}from"./chunk-VCTELT3F.js";import"./chunk-Y52SENCH.js";import"./chunk-76EISTF7.js";import"./chunk-YSRJRLVR.js";export{a as default,b as kindName};

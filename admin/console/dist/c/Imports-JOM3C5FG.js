import{a,b}from"./chunk-WPKT7GGB.js";import"./chunk-BSV2DQIN.js";import"./chunk-BM4DJYS7.js";import"./chunk-76EISTF7.js";import"./chunk-2WY35LTF.js";export{a as default,b as kindName};

import{a,b}from"./chunk-TOERFRQK.js";import"./chunk-GGGWEUDT.js";import"./chunk-DZRIPQXJ.js";import"./chunk-76EISTF7.js";import"./chunk-5CB6FAPA.js";export{a as default,b as kindName};
